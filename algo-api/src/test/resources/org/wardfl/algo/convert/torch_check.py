import sys, hashlib, torch
sd=torch.load(sys.argv[1], weights_only=True)
for k,v in sd.items():
    t=v.detach().contiguous()
    b=t.view(torch.int16).numpy().tobytes() if t.dtype==torch.bfloat16 else t.numpy().tobytes()
    print("%s %s %s %s"%(k,str(t.dtype)[6:],list(t.shape),hashlib.sha256(b).hexdigest()))
